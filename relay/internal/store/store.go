// Package store is the relay's only truth: companies, reps, portals, logins, queries, codes, sessions, chat and the audit
// trail, in one SQLite file. It knows no presence and no rooms, and it draws no random numbers and reads no clock.
//
// Claims (take a query, redeem a code, join, end) are conditional updates whose affected-row count decides, so exactly
// one caller wins, in this process or another one on the same file. Passwords, tickets and tokens are stored as hashes only.
//
// A Store is safe for concurrent use. Writers take turns on one connection; readers have their own and are never held up.
// What was written is there after a crash of the program; after a power cut the last moments may be missing, but the file
// is whole. Errors that a person should read are faults; the others are the package's own or the driver's.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

//go:embed migrations/sqlite/*.sql
var migrations embed.FS

const (
	readers       = 4     // connections for reading
	busyTimeout   = 10000 // milliseconds to wait for another process that writes
	migrationTrys = 5
)

// Store is an open file.
type Store struct {
	Lookup         // by the reader
	writer *sql.DB // one connection; its transactions take the write lock when they begin
	reader *sql.DB // query_only
}

// Open opens the file at path, makes it (readable by its owner only) when it is not there, and brings its schema up to
// date. The folder must exist. The errors say what is wrong with the file; ErrNewerSchema is one of them.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	s, err := connect(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := s.migrate(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("store: cannot use %s: %w", path, explain(err)), s.Close())
	}
	return s, nil
}

// Close waits for running statements and closes the file.
func (s *Store) Close() error {
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// touch makes the file, so that it is never readable by others and so that what is wrong with it is said plainly.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("store: cannot open the database: %w", err)
	}
	return f.Close()
}

func connect(path string) (*Store, error) {
	writer, err := pool(path, 1, "_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		return nil, err
	}
	reader, err := pool(path, readers, "_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return &Store{Lookup: Lookup{reader}, writer: writer, reader: reader}, nil
}

func pool(path string, size int, options string) (*sql.DB, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // a drive letter
	}
	file := url.URL{
		Scheme: "file", Path: full,
		RawQuery: fmt.Sprintf("_error_rc=1&_busy_timeout=%d&_pragma=foreign_keys(1)&%s", busyTimeout, options),
	}
	connector, err := sqlite.NewConnector(file.String())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// migrate brings the schema up to date. When another process does the same at the same moment one of the two fails and
// finds the work done when it looks again.
func (s *Store) migrate(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, s.writer, dir,
		goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return err
	}
	for range migrationTrys {
		if err = s.migrateOnce(ctx, provider); err == nil || errors.Is(err, ErrNewerSchema) || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (s *Store) migrateOnce(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > target {
		return fmt.Errorf("%w (schema %d, this one knows %d)", ErrNewerSchema, current, target)
	}
	_, err = provider.Up(ctx)
	return err
}

// write runs f in a transaction that has the write lock from its beginning.
func (s *Store) write(ctx context.Context, what string, f func(tx *sql.Tx) error) error {
	err := s.transact(ctx, f)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, explain(err))
	}
	return nil
}

func (s *Store) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, rollback(tx))
	}
	return tx.Commit()
}

func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) {
		return err
	}
	return nil
}

// explain names what a database can suffer from.
func explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlitelib.SQLITE_FULL:
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	case sqlitelib.SQLITE_NOTADB, sqlitelib.SQLITE_CORRUPT:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	default:
		return err
	}
}
