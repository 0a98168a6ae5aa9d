property rates : Collection

shared singleton Class constructor()
	This.rates:=New shared collection(0; 0.02; 0.05)
	
	// The discount in per cent for an order of this size.
exposed Function discount($total : Real) : Real
	Case of 
		: ($total>=10000)
			return This.rates[2]*100
		: ($total>=1000)
			return This.rates[1]*100
		Else 
			return This.rates[0]*100
	End case 
