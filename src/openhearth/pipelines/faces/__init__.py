"""Faces in photos: where they are (`finder`), whose they are (`people`), and what a person tagged (`book`)."""
