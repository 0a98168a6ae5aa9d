// docs/Concepts/quick-tour.md
DoIt
/* open /* nested */
other
