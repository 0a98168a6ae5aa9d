// docs/ORDA/ordaClasses.md; language.md 14
Class extends EntitySelection
exposed Function olderThan($age : Integer) : cs.EmployeeSelection
	return This.query("age > :1"; $age).orderBy("age desc")
