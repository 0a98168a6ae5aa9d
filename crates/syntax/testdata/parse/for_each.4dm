// docs/Concepts/cf_looping.md
For each ($x; $c)
End for each
For each ($x; $c; 1)
End for each
For each ($x; $c; 1; -1)
End for each
For each ($x; $c) While ($x#Null)
  DoIt
End for each
for Each ($x; This.items) Until ($x.done)
end for each
For each($x;ds.Employee.all())
End for each
