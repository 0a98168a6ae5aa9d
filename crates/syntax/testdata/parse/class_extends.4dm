// docs/Concepts/classes.md
class extends 4D.Object
Function a()
