return Count parameters
