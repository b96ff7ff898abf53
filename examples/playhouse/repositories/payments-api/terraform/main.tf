# Infrastructure of the payments API.
