// docs/Concepts/identifiers.md; language.md 2.6, 2.7
ALL RECORDS([Employee])
$a:=[Employee]Name
$b:=[employee]First name
$c:=[Order lines]Amount+1
$d:=[Foreign:12]Some field:3
$e:=[Foreign:12]
$f:=[Unknown]Name
$g:=[Unknown]
$h:=->[Employee]Name
[Employee:1]Name:4:="x"
