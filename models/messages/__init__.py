"""The public messages, one file each, field by field as `deploy/docs/contract.md` lists them."""
