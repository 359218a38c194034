"""The athlete among several people: detection, choice, tracking, and checks."""
