Class extends DataClass

exposed Function headCount() : Integer
	return This.all().length

exposed Function named($name : Text) : cs.EmployeeSelection
	return This.query("lastName = :1"; $name)

exposed Function firstOne() : cs.EmployeeEntity
	return This.all().orderBy("lastName").first()
