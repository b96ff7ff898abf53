"""How things reach the app: sockets or signed HTTP, three seconds for an ack, events again, faults on demand."""
