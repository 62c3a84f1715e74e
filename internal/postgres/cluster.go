package postgres

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	"github.com/syncspec/syncspec/internal/supervise"
)

// superuser is the role of the servers that are started here.
const superuser = "syncspec"

// initdbOptions make the folder small and its sorting the same everywhere.
var initdbOptions = []string{"--username=" + superuser, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
	"--wal-segsize=1", "--no-sync", "--no-instructions"}

// settings of the servers that are started here. What is written is never read after a crash, so nothing is synced.
//
// Dynamic shared memory is "mmap": files in the data folder, which vanish with it. With "posix" they lie in /dev/shm, with "sysv" they
// are segments, and a killed server leaves both.
const settings = `
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
jit = off
shared_buffers = 64MB
max_connections = 200
dynamic_shared_memory_type = mmap
shared_memory_type = mmap
wal_level = minimal
max_wal_senders = 0
max_logical_replication_workers = 0
min_wal_size = 2MB
max_wal_size = 256MB
checkpoint_timeout = 30min
bgwriter_lru_maxpages = 0
unix_socket_directories = ''
listen_addresses = '127.0.0.1'
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = off
log_min_messages = warning
`

// cluster is a prepared data folder, kept in the cache as one file: a line of JSON, then a tar archive. One file is read faster
// than a thousand, is renamed into place at once, and shows by its checksum that it is whole.
type cluster struct {
	Password string `json:"password"`
	Sum      uint32 `json:"crc32c"`
	Size     int    `json:"size"`
	archive  []byte
}

// The password is random, and kept with the data folder that it belongs to, in a file that only its user can read. It is not "trust",
// though the server listens on 127.0.0.1 only: on a machine with several users each could else execute programs as
// ours through COPY … PROGRAM. It stays the same from start to start, for changing it takes as long as a third of the whole start.

// preparedCluster returns the prepared data folder for these binaries, and makes it if there is none or it is damaged.
func preparedCluster(ctx context.Context, cfg Config, b binaries, a account) (*cluster, error) {
	cache, err := cfg.cacheDir()
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(cache, "clusters")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, explain(fmt.Errorf("make the cache folder: %w", err))
	}
	sum := sha256.Sum256([]byte("1\n" + b.from + "\n" + b.version + "\n" + strings.Join(initdbOptions, " ") + settings))
	path := filepath.Join(dir, b.version+"-"+hex.EncodeToString(sum[:6])+".cluster")
	if c, err := readCluster(path); err == nil {
		return c, nil
	}
	unlock, err := lockFile(ctx, path+".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	if c, err := readCluster(path); err == nil { // another process was faster
		return c, nil
	}
	c, err := makeCluster(ctx, cfg, b, a)
	if err != nil {
		return nil, err
	}
	if err := c.write(path); err != nil {
		return nil, explain(fmt.Errorf("keep the prepared data folder: %w", err))
	}
	return c, nil
}

var errDamaged = errors.New("damaged")

func readCluster(path string) (*cluster, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	head, archive, ok := bytes.Cut(data, []byte("\n"))
	c := &cluster{archive: archive}
	if !ok || json.Unmarshal(head, c) != nil || c.Size != len(archive) || c.Sum != crc32.Checksum(archive, crc32.MakeTable(crc32.Castagnoli)) {
		return nil, fmt.Errorf("%s: %w", path, errDamaged)
	}
	return c, nil
}

func (c *cluster) write(path string) error {
	head, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(append(head, '\n')); err != nil {
		return err
	}
	if _, err := f.Write(c.archive); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// makeCluster runs initdb.
func makeCluster(ctx context.Context, cfg Config, b binaries, a account) (*cluster, error) {
	parent, err := runParent(a)
	if err != nil {
		return nil, err
	}
	run, forget, err := cfg.Guardian.TempDir(parent, "syncspec-initdb-")
	if err != nil {
		return nil, explain(err)
	}
	defer func() {
		if os.RemoveAll(run) == nil {
			forget()
		}
	}()
	c := &cluster{Password: rand.Text()}
	secret := filepath.Join(run, "password")
	if err := os.WriteFile(secret, []byte(c.Password), 0o600); err != nil {
		return nil, explain(err)
	}
	for _, path := range []string{run, secret} {
		if err := a.own(path); err != nil {
			return nil, fmt.Errorf("give %s to %s: %w", path, a.name, err)
		}
	}
	if err := b.linkZones(run); err != nil {
		return nil, explain(err)
	}
	data := filepath.Join(run, "data")
	p, err := cfg.Guardian.Spawn(ctx, supervise.Command{
		Path: filepath.Join(b.bin, "initdb"), Args: append(initdbOptions, "--pgdata="+data, "--pwfile="+secret),
		Env: append(serverEnv(), b.env()...), Dir: run, Credential: a.credential,
	})
	if err != nil {
		return nil, err
	}
	if err := p.Wait(ctx); err != nil {
		_ = p.Stop(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("prepare a data folder with %s: %w; it said:\n%s", filepath.Join(b.bin, "initdb"), err, tail(p))
	}
	conf, err := os.OpenFile(filepath.Join(data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = conf.WriteString(settings)
	if err = errors.Join(err, conf.Close()); err != nil {
		return nil, explain(err)
	}
	if c.archive, err = pack(data); err != nil {
		return nil, fmt.Errorf("pack the prepared data folder: %w", err)
	}
	c.Size, c.Sum = len(c.archive), crc32.Checksum(c.archive, crc32.MakeTable(crc32.Castagnoli))
	return c, nil
}

// pack makes an archive of a data folder.
func pack(dir string) ([]byte, error) {
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		h := &tar.Header{Name: path[len(dir)+1:], Mode: int64(info.Mode().Perm()), Typeflag: tar.TypeDir}
		if !d.IsDir() {
			h.Typeflag, h.Size = tar.TypeReg, info.Size()
		}
		if err := w.WriteHeader(h); err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		_, err = w.Write(data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return buf.Bytes(), w.Close()
}

// unpack writes the data folder, with several files under way at once, and gives it to the account.
func (c *cluster) unpack(dir string, a account) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	if err := a.own(dir); err != nil {
		return err
	}
	type file struct {
		path string
		mode os.FileMode
		data []byte
	}
	files := make(chan file, 64)
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	failed := func(err error) {
		if err != nil {
			once.Do(func() { first = err })
		}
	}
	for range 2 {
		wg.Go(func() {
			for f := range files {
				err := os.WriteFile(f.path, f.data, f.mode)
				if err == nil {
					err = a.own(f.path)
				}
				failed(err)
			}
		})
	}
	r := bytes.NewReader(c.archive)
	in := tar.NewReader(r)
	var err error
	for {
		var h *tar.Header
		if h, err = in.Next(); err != nil {
			break
		}
		path := filepath.Join(dir, h.Name) // the archive is ours, and its checksum was right
		if h.Typeflag == tar.TypeDir {
			if err = os.Mkdir(path, os.FileMode(h.Mode)); err == nil {
				err = a.own(path)
			}
			if err != nil {
				break
			}
			continue
		}
		at := len(c.archive) - r.Len()
		files <- file{path, os.FileMode(h.Mode), c.archive[at : at+int(h.Size)]}
	}
	close(files)
	wg.Wait()
	if err == io.EOF {
		err = nil
	}
	return errors.Join(err, first)
}

// lockFile waits for the exclusive lock on a file, which is held until unlock is called or the process ends.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, explain(fmt.Errorf("lock the cache: %w", err))
	}
	locked := make(chan error, 1)
	go func() { locked <- syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }()
	select {
	case err := <-locked:
		if err != nil {
			f.Close()
			return nil, fmt.Errorf("lock the cache: %w", err)
		}
		return func() { f.Close() }, nil
	case <-ctx.Done():
		go func() { <-locked; f.Close() }()
		return nil, fmt.Errorf("wait for another process to prepare the cache: %w", ctx.Err())
	}
}
