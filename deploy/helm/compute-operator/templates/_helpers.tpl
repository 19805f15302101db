{{- define "compute-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "compute-operator.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else if contains (include "compute-operator.name" .) .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "compute-operator.name" .) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "compute-operator.selector" -}}
app.kubernetes.io/name: {{ include "compute-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "compute-operator.labels" -}}
{{ include "compute-operator.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "compute-operator.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (ternary (include "compute-operator.fullname" .) "default" .Values.serviceAccount.create) }}
{{- end }}

{{- define "compute-operator.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) }}
{{- end }}
{{- end }}

{{- define "compute-operator.lease" -}}
{{- .Values.settings.OPERATOR_LEASE_NAME | default (include "compute-operator.fullname" .) }}
{{- end }}

{{- /* Off where the operator has no rights in the cluster, unless it is asked for. */}}
{{- define "compute-operator.catalogInterval" -}}
{{- if hasKey .Values.settings "COMPUTE_CATALOG_INTERVAL" }}
{{- .Values.settings.COMPUTE_CATALOG_INTERVAL | toString }}
{{- else if .Values.watch.namespaces }}
{{- "0" }}
{{- end }}
{{- end }}

{{- /* As it is asked for, if a shutdown that waits for its last answers fits in. */}}
{{- define "compute-operator.gracePeriod" -}}
{{- $timeout := .Values.settings.COMPUTE_API_TIMEOUT | default "30s" }}
{{- $unit := get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000) (regexFind "[a-z]+$" $timeout) }}
{{- $least := add (div (mul 2 (regexFind "^[0-9]+" $timeout | int64) $unit) 1000) 6 }}
{{- if lt (int64 .Values.terminationGracePeriodSeconds) $least }}
{{- fail (printf "terminationGracePeriodSeconds must be at least %d, because COMPUTE_API_TIMEOUT is %s" $least $timeout) }}
{{- end }}
{{- .Values.terminationGracePeriodSeconds }}
{{- end }}

{{- define "compute-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "compute-operator.serviceAccount" . }}
  namespace: {{ .Release.Namespace }}
{{- end }}

{{- /* What the operator does with resources: in the cluster, or in each of the listed namespaces. */}}
{{- define "compute-operator.resourceRules" -}}
# list and watch: the informer. get: the live read before every call that changes something.
# patch: the finalizer, and the copy of the binding in an annotation.
- apiGroups: [compute.threatwinds.com]
  resources: [computeinstances]
  verbs: [get, list, watch, patch]
- apiGroups: [compute.threatwinds.com]
  resources: [computeinstances/status]
  verbs: [update]
{{- end }}

{{- define "compute-operator.eventRules" -}}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create]
{{- end }}
