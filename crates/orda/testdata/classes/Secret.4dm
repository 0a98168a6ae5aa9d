Class extends DataClass

Function event restrict() : cs.SecretSelection
	Use (Storage)
		Storage.restricts:=Num(Storage.restricts)+1
	End use
	Case of
		: (Storage.rule="foreign")
			return ds.Company.all()
		: (Storage.rule="low")
			return This.query("level < 5")
		: (Storage.rule="none")
			return This.newSelection()
		: (Storage.rule="cycle")
			return ds.Company.all().secrets
		: (Storage.rule="fail")
			throw(77; "the restriction failed")
	End case
