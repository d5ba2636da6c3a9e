//go:build race

package e2e

// raceDetector says that the programs are built as this test is.
const raceDetector = true
