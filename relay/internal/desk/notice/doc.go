// Package notice is what the desks of a fleet tell each other over the bus, as protoc made it from the .proto file
// beside it, and nothing else.
package notice

//go:generate protoc -I. --go_out=. --go_opt=paths=source_relative notice.proto
