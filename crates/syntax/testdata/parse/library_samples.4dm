// language-library.md L009, L085, L143, L168, L185, L236
$a:=String(0 ?+ 7; "&x")
$b:=JSON Parse("120.13"; Is longint)
$c:=[{name: "C"}; {zip: 1}; 42].extract("name"; ck keep null)
$d:=[5; 3; 2].reduce(Formula($1.accumulator*=$1.value); 1)
$e:={value: 50; f: Formula(This.value*2)}.f()
$f:={ob1: {age: 42}; form1: Formula(return This.ob1.age+10)}.form1()
$g:=String(Num(1=2); "True;;False")
$h:=String({}.a)
