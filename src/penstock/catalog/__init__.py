"""The catalog: what a project says, as frozen data, and how it is read from YAML. Opens no source."""
