// Fills a Lilypad module's template as Lilypad does (pkg/module/utils.go, LoadModule), by Go's own text/template and
// encoding/json: every input encoded as JSON, the template executed on the map of them, the outcome read as JSON.
//
// Standard input: {"template": "...", "inputs": [{"request": "..."}, ...]}. Standard output, one for each map of inputs:
// [{"text": "...", "error": ""}, ...].
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"text/template"
)

type question struct {
	Template string
	Inputs   []map[string]string
}

type filled struct {
	Text  string `json:"text"`
	Error string `json:"error"`
}

func fill(tmpl *template.Template, inputs map[string]string) (filled, error) {
	encoded := make(map[string]string)
	for name, value := range inputs {
		text, err := json.Marshal(value)
		if err != nil {
			return filled{}, err
		}
		encoded[name] = string(text)
	}
	var made bytes.Buffer
	if err := tmpl.Execute(&made, encoded); err != nil {
		return filled{}, err
	}
	var module map[string]interface{}
	return filled{Text: made.String()}, json.Unmarshal(made.Bytes(), &module)
}

func main() {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	tmpl, err := template.New("module").Parse(asked.Template)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	answers := []filled{}
	for _, inputs := range asked.Inputs {
		answer, err := fill(tmpl, inputs)
		if err != nil {
			answer.Error = err.Error()
		}
		answers = append(answers, answer)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
