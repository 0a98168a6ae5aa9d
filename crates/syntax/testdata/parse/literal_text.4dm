// docs/Concepts/dt_string.md; language.md 2.7
$a:="plain"
$b:="a\tb\nc\rd\\e\"f"
$c:="\d keeps its backslash"
$d:=""
$e:="été // no comment /* nor this */"
