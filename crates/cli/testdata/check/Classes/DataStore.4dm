Class extends DataStoreImplementation

exposed Function authentify()
	This.Employee.hire()
	This.Employee.fire() //! check/unknown-member

exposed Function reset() //! check/closed-function
