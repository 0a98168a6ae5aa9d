// String, Num, Bool, Date, Time: docs/commands/string.md, num.md, bool.md, date.md, time.md.

//# L001: a number is written short (docs/commands/string.md)
return String(2^15)
//= "32768"

//# L002: a picture of digits with literal text
return String(2^15; "###,##0 Inhabitants")
//= "32,768 Inhabitants"

//# L003: forced decimals
return String(1/3; "##0.00000")
//= "0.33333"

//# L004: 13 significant digits
return String(1/3)
//= "0.3333333333333"

//# L005: Pi
return String(Arctan(1)*4)
//= "3.14159265359"

//# L006: Pi with two decimals
return String(Arctan(1)*4; "##0.00")
//= "3.14"

//# L007: hexadecimal of a negative number
return String(-1; "&x")
//= "0xFFFFFFFF"

//# L008: hexadecimal with a dollar
return String(-1; "&$")
//= "$FFFFFFFF"

//# L009: at least four hexadecimal digits, or none added
return [String(0 ?+ 7; "&x"); String(0 ?+ 7; "&$"); String(0 ?+ 14; "&x")]
//= ["0x0080","$80","0x4000"]

//# L010: always a period for XML
return String(50.3; "&xml")
//= "50.3"

//# L011: sections for positive, negative and zero
return [String(Num(1=2); "True;;False"); String(Num(1=1); "True;;False")]
//= ["False","True"]

//# L012: no number, infinity
return [String(Log(-1)); String(1/0); String(-1/0)]
//= ["","INF","-INF"]

//# L013: a base
return [String(10; 2); String(-10; 2)]
//= ["1010","-1010"]

//# L014: base 16 is in lower case
return [String(254; 16); String(-16523461; 16)]
//= ["fe","-fc20c5"]

//# L015: no number in a base
return [String(Log(-1); 10); String(1/0; 10)]
//= ["NaN","NaN"]

//# a base needs to be from 2 to 36 (UNSPECIFIED)
return String(1; 99)
//! The base of a number

//# thousands beyond the picture go on (UNSPECIFIED)
return [String(1234567.891; "###,##0.00"); String(12; "#,###"); String(0; "###")]
//= ["1,234,567.89","12",""]

//# a negative number in brackets
return [String(-7.5; "#0.0;(#0.0)"); String(-7; "#0")]
//= ["(7.5)","-7"]

//# fillers of digit places
return [String(7; "000"); String(7; "**0")]
//= ["007","**7"]

//# L016: Internal date long
return String(!2023-11-27!; Internal date long)
//= "November 27, 2023"

//# L017: Internal date abbreviated
return String(!2006-12-29!; Internal date abbreviated)
//= "Dec 29, 2006"

//# L018: ISO date
return String(!2006-12-29!; ISO date)
//= "2006-12-29T00:00:00"

//# ISO date with a time
return String(!2006-12-29!; ISO date; ?10:20:30?)
//= "2006-12-29T10:20:30"

//# L019: Paris, ISO date GMT
return String(!2010-09-13!; ISO date GMT)
//= "2010-09-12T22:00:00Z"

//# L020: Paris, Date RFC 1123
return String(!2010-09-09!; Date RFC 1123)
//= "Wed, 08 Sep 2010 22:00:00 GMT"

//# ISO date GMT with a time in Paris (section 6.1)
return String(!2010-09-13!; ISO date GMT; ?18:11:53?)
//= "2010-09-13T16:11:53Z"

//# L021: blank for the null date
return [String(!00-00-00!; Internal date short+Blank if null date); String(!00-00-00!)]
//= ["","00/00/00"]

//# the date constants of section 6.1
$d:=!2006-12-29!
return [String($d); String($d; System date short); String($d; System date abbreviated); String($d; System date long); String($d; Internal date short); String($d; Internal date short special); String(!1896-12-29!; Internal date short special)]
//= ["12/29/2006","12/29/2006","Fri, Dec 29, 2006","Friday, December 29, 2006","12/29/2006","12/29/06","12/29/1896"]

//# L022: a pattern
return String(!2023-11-27!; "EEEE d MMMM y GGGG")
//= "Monday 27 November 2023 Anno Domini"

//# L023: HH MM AM PM
return [String(?17:30:45?; HH MM AM PM); String(?01:02:03?; HH MM AM PM)]
//= ["5:30 PM","1:02 AM"]

//# L024: Hour min sec
return [String(?17:30:45?; Hour min sec); String(?01:02:03?; Hour min sec); String(?01:02:03?; Hour min)]
//= ["17 hours 30 minutes 45 seconds","1 hour 2 minutes 3 seconds","1 hour 2 minutes"]

//# L025: MM SS
return String(?01:02:03?; MM SS)
//= "62:03"

//# L026: Min sec
return String(?01:02:03?; Min sec)
//= "62 minutes 3 seconds"

//# L027: ISO time
return String(?01:02:03?; ISO time)
//= "0000-00-00T01:02:03"

//# HH MM SS, HH MM and no format (section 6.1)
return [String(?01:02:03?); String(?01:02:03?; HH MM SS); String(?01:02:03?; HH MM); String(?00:00:00?; HH MM+Blank if null time)]
//= ["01:02:03","01:02:03","01:02",""]

//# L028: quoted text in a pattern
return String(?17:30:45?; "'It is' K a")
//= "It is 5 PM"

//# L029: two quoted texts
return String(?15:30:00?; "HH 'hours and' mm 'minutes'")
//= "15 hours and 30 minutes"

//# L030: blanks around a pattern go
return String(?09:10:25?; " HH : mm : ss ")
//= "09 : 10 : 25"

//# L031: day and week of the year
return [String(!2001-03-17!; "D"); String(!1954-03-17!; "w")]
//= ["76","11"]

//# pattern letters (docs/Project/date-time-formats.md)
return [String(!1996-04-05!; "QQQQ"); String(!1996-04-05!; "yyyyyy"); String(!1996-04-05!; "yy/MM/dd"); String(!1996-04-05!; "''d''"); String(!1996-04-05!; "R")]
//= ["2nd quarter","001996","96/04/05","'5'",""]

//# L032: Null and undefined
return [String(Null); String({}.a)]
//= ["null",""]

//# L033: a text stays
return [String("abc"; "##0"); String(True); String(False)]
//= ["abc","True","False"]

//# an object is no text (UNSPECIFIED)
return String({})
//! String can't convert Object

//# L034: letters are dropped
return [Num("ABCD"); Num("A1B2C3"); Num("123.4")]
//= [0,123,123.4]

//# L035: an embedded minus ends the number
return [Num("123-456"); Num("-9"); Num("-123")]
//= [123,-9,-123]

//# L036: exponents
return [Num("-123e2"); Num("123e-2")]
//= [-12300,1.23]

//# L037: another separator
return [Num("33,333.33"; "."); Num("33.333,33"; ",")]
//= [33333.33,33333.33]

//# L038: Booleans and undefined
return [Num(True); Num(False); Num({}.a); Num(Null); Num(7)]
//= [1,0,0,0,7]

//# Num with a base (21)
return [Num("ff"; 16); Num("1010"; 2); Num("0x1F"; 16); Num("-z"; 36)]
//= [255,10,31,-35]

//# L039: Bool
return [Bool("true"); Bool(2); Bool(0); Bool(Null); Bool({})]
//= [false,true,false,false,false]

//# L040: an ISO date with a time
return [Date("2013-06-05T20:00:00")=!2013-06-05!; Date("2013-06-05")=!2013-06-05!]
//= [true,true]

//# L041: no such day
return [Date("13/35/94")=!00-00-00!; Date("aa/12/94")=!00-00-00!; Date({}.a)=!00-00-00!; Date(Null)=!00-00-00!]
//= [true,true,true,true]

//# L042: month first, two digits of the year
return [Date("12/25/94"); Date("12/25/12"); Date("12/25/2004")]
//= ["1994-12-25","2012-12-25","2004-12-25"]

//# L043: words are ignored
return Date("It was the 6/30, we were in 2016")
//= "2016-06-30"

//# a date in UTC becomes a local one in Paris (UNSPECIFIED)
return [Date("2017-07-13T23:00:00.000Z"); Date(!2020-01-02!)]
//= ["2017-07-14","2020-01-02"]

//# L044: times from numbers and texts
return [String(Time(10000)); String(Time("13:00:00")); String(Time("08:05"))]
//= ["02:46:40","13:00:00","08:05:00"]

//# L045: undefined is no time
return [String(Time({}.a)); String(Time("never"))]
//= ["00:00:00","00:00:00"]

//# a format may be longer than any number
return [Length(String(1.5; "0."+("0"*70000))); Length(String(!2024-01-02!; "d"*70000)); Length(String(7; "#"*100000))]
//= [70002,100,1]
