"""An office's own layout of its plan: read by a proposal that it sees, corrects and is remembered by."""
