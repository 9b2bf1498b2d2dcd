"""The sections of the page, in the order of DESIGN section 11: each module gathers the parts and figures of its own."""
