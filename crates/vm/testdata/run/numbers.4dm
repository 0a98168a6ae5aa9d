// Numbers, dates and times: sections 8 and 9 of the library digest.

//# L046: Round (docs/commands/round.md)
return [Round(16.857; 2); Round(32345.67; -3)]
//= [16.86,32000]

//# L047: Round goes half away from zero, on decimal digits
return [Round(29.8725; 3); Round(-1.5; 0); Round(2.5; 0); Round(1.005; 2)]
//= [29.873,-2,3,1.01]

//# Round needs its second argument
return Round(1.5)
//! decimal places

//# L048: Trunc (docs/commands/trunc.md)
return [Trunc(216.897; 1); Trunc(216.897; -1)]
//= [216.8,210]

//# L049: Trunc goes towards negative infinity
return [Trunc(-216.897; 1); Trunc(-216.897; -1)]
//= [-216.9,-220]

//# L050: Mod rounds its arguments first
return [Mod(3; 2); Mod(4; 2); Mod(3.5; 2); Mod(-7; 3)]
//= [1,0,0,-1]

//# Mod by zero is an error
return Mod(1; 0)
//! Mod by zero

//# L051: Int goes down
return [Int(123.4); Int(-123.4)]
//= [123,-124]

//# L052: Dec is never negative
return [Dec(7.31); Dec(-1.5); Dec(3)]
//= [0.31,0.5,0]

//# L053: Choose
return [Choose(True; "a"; "b"); Choose(2; "x"; "y"; "z")]
//= ["a","z"]

//# L054: Choose beyond its values
return Choose(9; "x"; "y")
//= ""

//# L054: all values of Choose are computed
return Choose(True; "red1"; "blue"+2)
//! can't be applied

//# Abs, Square root, Exp, Log, Sin, Cos, Tan
return [Abs(-3); Abs(-2.5); Square root(9); Exp(0); Log(1); Sin(0); Cos(0); Tan(0)]
//= [3,2.5,3,1,0,0,1,0]

//# Square root of a negative number is no number and no error
return String(Square root(-1))
//= ""

//# Random stays in its range
$good:=True
For ($i; 1; 1000)
	$r:=Random
	$good:=$good & ($r>=0) & ($r<=32767)
End for 
return $good
//= true

//# Random makes a number of a range
$good:=True
For ($i; 1; 100)
	$r:=(Random%(10-5+1))+5
	$good:=$good & ($r>=5) & ($r<=10)
End for 
return $good
//= true

//# statistics of arrays (docs/commands/sum.md)
ARRAY REAL($a; 4)
$a{1}:=1
$a{2}:=2
$a{3}:=3
$a{4}:=6
return [Sum($a); Average($a); Max($a); Min($a); Sum squares($a); Variance($a); Round(Std deviation($a); 4)]
//= [12,3,6,1,50,3.5,1.8708]

//# Current date and Current time come from the clock
return [Current date; String(Current time); Current date(*)]
//= ["2023-11-14","22:13:20","2023-11-14"]

//# Current date is local: Paris is a day ahead
return [Current date; String(Current time)]
//= ["2023-11-14","23:13:20"]

//# L075: Timestamp
return [Timestamp; Match regex("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$"; Timestamp)]
//= ["2023-11-14T22:13:20.000Z",true]

//# Milliseconds and Tickcount count together
return Milliseconds/1000*60=Tickcount
//= true

//# parts of a date; those of the null date are 0
$d:=!2024-02-29!
return [Year of($d); Month of($d); Day of($d); Day number($d); Year of(!00-00-00!); Day number(!00-00-00!)]
//= [2024,2,29,5,0,0]

//# Day number begins with Sunday
return [Day number(!2026-11-22!); Day number(!2026-11-28!); Day number(!2026-11-22!)=Sunday]
//= [1,7,true]

//# Add to date takes negative numbers (docs/commands/add-to-date.md)
return [Add to date(!2024-03-15!; -1; 0; 0); Add to date(!2024-03-15!; 0; 10; 0); Add to date(!2024-03-01!; 0; 0; -1)]
//= ["2023-03-15","2025-01-15","2024-02-29"]

//# Add to date stays in the month (UNSPECIFIED)
return Add to date(!2024-01-31!; 0; 1; 0)
//= "2024-02-29"

//# dates count in days
return [!2024-03-01!-!2024-02-01!; !2024-02-28!+2]
//= [29,"2024-03-01"]

//# Time string
return [Time string(?13:30:00?); Time string(46800)]
//= ["13:30:00","13:00:00"]

//# places far outside the number
return [Trunc(5; -9000000000000000000); Round(-5; -9000000000000000000); Round(5; 9000000000000000000); String(Trunc(-5; -1e300))]
//= [0,0,5,"-INF"]
