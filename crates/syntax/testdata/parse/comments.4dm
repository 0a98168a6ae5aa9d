// docs/Concepts/quick-tour.md
$a:=1 // to the end
/* a /* nested */ one */ $b:=2
/*
several
lines
*/
$c:=3 /* inside */ +4
//%W-518.1
`very old
$d:=4 `old too
// a comment that goes on \
in the next line
$e:=5
