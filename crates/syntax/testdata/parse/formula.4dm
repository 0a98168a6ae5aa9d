// docs/commands/formula.md; language-library.md C5, L182-L187
$a:=Formula($1+$2)
$b:=Formula(return This.ob1.age+10)
$c:=Formula(This.total:=This.a*This.b)
$d:=Formula(myMethod)
$e:=Formula:C1597(String(1)).source
$f:=Formula($1.accumulator*=$1.value)
$g:=Formula from string("1+1")
