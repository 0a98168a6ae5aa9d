// docs/Concepts/dt_object.md
$a:={}
$b:={a: 1; b: "x"; c: {d: [1; 2]}}
$c:={date: 1; Current: 2; type: 3; "a b": 4; _x: 5}
$d:={f: Formula(This.a+1)}
$e:={\
a: 1; \
b: 2 \
}
