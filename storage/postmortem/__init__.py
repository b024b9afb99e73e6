"""From the record of an incident to key times, a starter document and its file formats."""
