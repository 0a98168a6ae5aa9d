// docs/Concepts/parameters.md
// comment before

#declare() : Object
return Null
