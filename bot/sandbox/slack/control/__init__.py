"""The door for the page and for tests: JSON over HTTP below /sandbox/, and the files of the page."""
