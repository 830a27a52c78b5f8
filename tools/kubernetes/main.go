// Builds kustomizations and holds every pod that would come out of them against Pod Security's restricted profile, by the
// code that `kubectl kustomize` and the API server run themselves. Prints one JSON object: by directory, the objects of
// the kustomization and what the profile forbids.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

type kustomization struct {
	Objects   []map[string]any    `json:"objects"`
	Forbidden map[string][]string `json:"forbidden"`
}

func main() {
	built := map[string]kustomization{}
	for _, directory := range os.Args[1:] {
		one, err := build(directory)
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", directory, err)
			os.Exit(1)
		}
		built[directory] = one
	}
	if err := json.NewEncoder(os.Stdout).Encode(built); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func build(directory string) (kustomization, error) {
	built := kustomization{Forbidden: map[string][]string{}}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), directory)
	if err != nil {
		return built, err
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		return built, err
	}
	for _, resource := range resources.Resources() {
		object, err := resource.Map()
		if err != nil {
			return built, err
		}
		built.Objects = append(built.Objects, object)
		text, err := json.Marshal(object)
		if err != nil {
			return built, err
		}
		template, err := podOf(resource.GetKind(), text)
		if err != nil {
			return built, err
		}
		if template == nil {
			continue
		}
		restricted := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
		forbidden := []string{}
		for _, check := range evaluator.EvaluatePod(restricted, &template.ObjectMeta, &template.Spec) {
			if !check.Allowed {
				forbidden = append(forbidden, check.ForbiddenReason+": "+check.ForbiddenDetail)
			}
		}
		built.Forbidden[resource.GetKind()+"/"+resource.GetName()] = forbidden
	}
	return built, nil
}

// The pods of an object of this kind, nil where it makes none.
func podOf(kind string, text []byte) (*corev1.PodTemplateSpec, error) {
	switch kind {
	case "Pod":
		var pod corev1.Pod
		err := json.Unmarshal(text, &pod)
		return &corev1.PodTemplateSpec{ObjectMeta: pod.ObjectMeta, Spec: pod.Spec}, err
	case "Deployment":
		var deployment appsv1.Deployment
		err := json.Unmarshal(text, &deployment)
		return &deployment.Spec.Template, err
	case "StatefulSet":
		var set appsv1.StatefulSet
		err := json.Unmarshal(text, &set)
		return &set.Spec.Template, err
	case "DaemonSet":
		var set appsv1.DaemonSet
		err := json.Unmarshal(text, &set)
		return &set.Spec.Template, err
	case "Job":
		var job batchv1.Job
		err := json.Unmarshal(text, &job)
		return &job.Spec.Template, err
	case "CronJob":
		var job batchv1.CronJob
		err := json.Unmarshal(text, &job)
		return &job.Spec.JobTemplate.Spec.Template, err
	default:
		return nil, nil
	}
}
