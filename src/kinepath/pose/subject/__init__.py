"""The athlete among several people: found, chosen, followed, and checked."""
