// The system of one unit, to begin from: takes on each command once, answers it, and goes on after a restart.
//
//	UNIT=500108:fire BROKERS=host:port KEY_ID=... SECRET=... go run ./unit
//
// Without KEY_ID nothing is signed (a test broker). With PERSON every order is acknowledged at once in that name, for
// tries alone: in your system an acknowledgement is a person's, by a button.
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const knownVersion = 1

var unit, keyID, person = os.Getenv("UNIT"), os.Getenv("KEY_ID"), os.Getenv("PERSON")

// Command has what is used here; fields that are not named are simply not read.
type Command struct {
	SchemaVersion int    `json:"schema_version"`
	CommandID     string `json:"command_id"`
	IncidentID    string `json:"incident_id"`
	Kind          string `json:"kind"`
	Retracts      string `json:"retracts"`
	UnitCode      string `json:"unit_code"`
	Text          string `json:"text_zh"`
	Exercise      bool   `json:"exercise"`
}

// Person signs an acknowledgement.
type Person struct {
	Name string `json:"name"`
}

// Feedback is one thing that a unit says about one command.
type Feedback struct {
	SchemaVersion int     `json:"schema_version"`
	FeedbackID    string  `json:"feedback_id"`
	CommandID     string  `json:"command_id"`
	IncidentID    string  `json:"incident_id"`
	UnitCode      string  `json:"unit_code"`
	Kind          string  `json:"kind"`
	OccurredAt    string  `json:"occurred_at"`
	Person        *Person `json:"person,omitempty"`
	Note          string  `json:"note,omitempty"`
}

func feedback(command Command, kind string) []byte {
	// Derived, so that the same answer counts once however often it is sent.
	id := sha256.Sum256([]byte(command.CommandID + "/" + kind))
	said := Feedback{
		SchemaVersion: 1, FeedbackID: hex.EncodeToString(id[:16]), CommandID: command.CommandID,
		IncidentID: command.IncidentID, UnitCode: unit, Kind: kind,
		OccurredAt: time.Now().UTC().Format(time.RFC3339Nano),
	}
	if kind == "acknowledged" {
		said.Person = &Person{Name: person}
	}
	if command.Exercise {
		said.Note = "演练 EXERCISE"
	}
	value, err := json.Marshal(said)
	must(err)
	return value
}

func headers(value []byte) []kgo.RecordHeader {
	made := []kgo.RecordHeader{{Key: "schema_version", Value: []byte("1")}}
	if keyID == "" {
		return made
	}
	secret, err := hex.DecodeString(os.Getenv("SECRET"))
	must(err)
	mac := hmac.New(sha256.New, secret)
	mac.Write(value)
	return append(made, kgo.RecordHeader{Key: "key_id", Value: []byte(keyID)},
		kgo.RecordHeader{Key: "signature", Value: []byte(hex.EncodeToString(mac.Sum(nil)))})
}

// Answers knows what was answered to which command: a line each, `command_id retracts value`, written before it is
// sent. In your system: the table of orders, written in the transaction that takes one on.
type Answers struct {
	file      *os.File
	byCommand map[string][][]byte
	takenBack map[string]bool
}

func openAnswers(path string) *Answers {
	answers := &Answers{byCommand: map[string][][]byte{}, takenBack: map[string]bool{}}
	kept, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		must(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(kept)), "\n") {
		if parts := strings.SplitN(line, " ", 3); len(parts) == 3 {
			answers.remember(parts[0], parts[1], []byte(parts[2]))
		}
	}
	answers.file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	must(err)
	return answers
}

func (answers *Answers) remember(commandID, retracts string, value []byte) {
	answers.byCommand[commandID] = append(answers.byCommand[commandID], value)
	answers.takenBack[retracts] = true
}

func (answers *Answers) takeOn(command Command) {
	kinds := []string{"received"}
	if person != "" && !answers.takenBack[command.CommandID] {
		kinds = append(kinds, "acknowledged")
	}
	retracts := command.Retracts
	if retracts == "" {
		retracts = "-"
	}
	for _, kind := range kinds {
		value := feedback(command, kind)
		_, err := fmt.Fprintf(answers.file, "%s %s %s\n", command.CommandID, retracts, value)
		must(err)
		answers.remember(command.CommandID, retracts, value)
	}
	must(answers.file.Sync())
}

func handle(ctx context.Context, client *kgo.Client, answers *Answers, value []byte) {
	command := Command{SchemaVersion: 1}
	must(json.Unmarshal(value, &command))
	if command.UnitCode != unit {
		return
	}
	if command.SchemaVersion > knownVersion {
		log.Printf("%s is of a newer version: show it to a person", command.CommandID)
		return
	}
	if _, known := answers.byCommand[command.CommandID]; !known {
		log.Printf("%s exercise=%t %s", command.Kind, command.Exercise, command.Text)
		answers.takeOn(command)
	}
	for _, said := range answers.byCommand[command.CommandID] { // a repeated command gets the same bytes again
		must(client.ProduceSync(ctx, &kgo.Record{
			Topic: "disposal-feedback", Key: []byte(command.IncidentID), Value: said, Headers: headers(said),
		}).FirstErr())
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err) // what was not committed is read again after the restart
	}
}

func main() {
	group, path := os.Getenv("GROUP"), os.Getenv("ANSWERS")
	if group == "" {
		group = "unit-" + strings.ReplaceAll(unit, ":", "-")
	}
	if path == "" {
		path = "answers.txt"
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(strings.Split(os.Getenv("BROKERS"), ",")...),
		kgo.ConsumerGroup(group),
		kgo.ConsumeTopics("disposal-commands"),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(), // committed when it is done, and not when it is read
		kgo.FetchMaxWait(500*time.Millisecond),
		kgo.MetadataMaxAge(5*time.Second), // finds a topic that is made after the start
	)
	must(err)
	defer client.Close()
	ctx, answers := context.Background(), openAnswers(path)
	for {
		fetches := client.PollFetches(ctx)
		fetches.EachError(func(topic string, _ int32, err error) { log.Printf("%s: %v", topic, err) })
		fetches.EachRecord(func(record *kgo.Record) { handle(ctx, client, answers, record.Value) })
		must(client.CommitUncommittedOffsets(ctx))
	}
}
