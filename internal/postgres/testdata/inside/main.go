// Command inside is a target in a container: it asks what its environment names, and says in JSON what came of it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	said := map[string]string{"database": database(ctx, os.Getenv("DATABASE_URL")), "stranger": database(ctx, os.Getenv("STRANGERS_URL"))}
	for _, address := range strings.Fields(os.Getenv("ADDRESSES")) {
		said[address] = get(ctx, address)
	}
	if err := json.NewEncoder(os.Stdout).Encode(said); err != nil {
		os.Exit(1)
	}
}

func get(ctx context.Context, address string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err.Error()
	}
	req.Header.Set("X-Token", os.Getenv("TOKEN"))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %s", res.StatusCode, body)
}

func database(ctx context.Context, dsn string) string {
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err.Error()
	}
	defer c.Close(ctx)
	var name string
	if err := c.QueryRow(ctx, "SELECT name FROM thing").Scan(&name); err != nil {
		return err.Error()
	}
	return name
}
