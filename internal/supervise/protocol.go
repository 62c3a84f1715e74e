package supervise

import (
	"encoding/json"
	"io"
	"sync"
)

// The client writes requests to the guardian's descriptor 3 and reads replies from its descriptor 4, one JSON object a line. The
// guardian's own standard streams are /dev/null: it must not keep a terminal, or the pipe of a test runner, open.
const (
	requestFD = 3
	replyFD   = 4
)

const (
	opSpawn     = "spawn"
	opSignal    = "signal"
	opStop      = "stop"
	opKill      = "kill"
	opLog       = "log"
	opMemory    = "memory"
	opListens   = "listens"
	opFolder    = "folder"
	opContainer = "container"
	opDatabase  = "database"
	opForget    = "forget"
)

// request asks the guardian for something; each gets one reply with the same ID.
type request struct {
	ID      int64    `json:"id"`
	Op      string   `json:"op"`
	Command *Command `json:"command,omitempty"`
	Process int      `json:"process,omitempty"`
	Signal  int      `json:"signal,omitempty"`
	Item    *item    `json:"item,omitempty"`
}

// reply answers a request. With ID 0 it is an event: the first one says hello, said tells that a process wrote what is
// awaited, an exit tells of a process's end, and the last one says bye with what could not be cleaned up.
type reply struct {
	ID       int64    `json:"id,omitempty"`
	Error    string   `json:"error,omitempty"`
	Errno    int      `json:"errno,omitempty"`
	Process  int      `json:"process,omitempty"`
	PID      int      `json:"pid,omitempty"`
	Log      []byte   `json:"log,omitempty"`
	Output   []byte   `json:"output,omitempty"`
	Said     bool     `json:"said,omitempty"`
	Listens  []string `json:"listens,omitempty"`
	Memory   int64    `json:"memory,omitempty"`
	Hello    bool     `json:"hello,omitempty"`
	Limits   string   `json:"limits,omitempty"`
	Token    string   `json:"token,omitempty"`
	Exit     *int     `json:"exit,omitempty"` // the wait status
	Bye      bool     `json:"bye,omitempty"`
	Problems []string `json:"problems,omitempty"`
}

// lines writes one JSON object a line, from several goroutines.
type lines struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lines) write(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err = l.w.Write(append(data, '\n'))
	return err
}
