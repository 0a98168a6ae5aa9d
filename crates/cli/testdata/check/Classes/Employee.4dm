Class extends DataClass

exposed Function hire()
	This.all()

exposed Function byCode()

exposed Function closed() //! check/closed-function

Function inside()
