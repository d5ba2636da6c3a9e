package viewer

const (
	codeOffset   = 0
	codesCount   = false // key codes have an order of their own
	optionWrites = true  // Alt is the Option key, which chooses characters
)
