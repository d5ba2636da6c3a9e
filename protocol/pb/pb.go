// Package pb holds the wire's messages and services as protoc made them from the .proto files beside it, and nothing
// else. Units, limits and faults are written at the fields in those files; PROTOCOL.md tells the whole story.
// Regenerate with `make proto`.
package pb
