# The real code would be here.
