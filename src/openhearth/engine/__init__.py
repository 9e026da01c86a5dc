"""The process of one loaded model: batches requests over it and streams the answers. See README.md."""
