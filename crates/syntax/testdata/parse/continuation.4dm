// docs/Concepts/quick-tour.md; language.md 2.3
$a:=1+\
2
$b:=New object(\
"a"; 1; \   
"b"; 2)
$c:=10\3
$d:=10\3\
+1
$e:=1 \ // why
+2
