// docs/Concepts/classes.md
Class extends DataClass
