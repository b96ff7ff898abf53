"""GitHub behind one Protocol; the only room that imports PyGithub."""
