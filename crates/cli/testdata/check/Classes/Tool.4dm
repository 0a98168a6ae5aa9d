property name : Text

Class constructor
	This.made:=Current date

Function work() : Text
	return This.name+String(This.made)+This.wokr() //! check/unknown-member
