// docs/Concepts/arrays.md; language-library.md L111, L120
ARRAY TEXT($a; 2)
ARRAY LONGINT(arr; $n; 5)
ARRAY OBJECT(<>o; 0)
ARRAY TEXT:C222($b; Size of array($a))
ARRAY TEXT($m{1}; 3)
ARRAY REAL($p->; 3)
$a{0}:="z"
ARRAY TO COLLECTION($c; $a)
array boolean($f; 1)
_O_ARRAY STRING(80; $g; 2)
