package viewer

const (
	codeOffset   = 0
	codesCount   = true  // key codes say where keys stand
	optionWrites = false // Alt chooses no characters
)
