// O208: in 4D a save would run this.
$0:=-15001 //! project/trigger
