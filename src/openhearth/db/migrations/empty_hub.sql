CREATE TABLE access_tokens (
	id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	value_hash VARCHAR(64) NOT NULL, 
	hint VARCHAR(4) NOT NULL, 
	name VARCHAR(96) NOT NULL, 
	scope VARCHAR(12) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_used_at DATETIME, 
	expires_at DATETIME, 
	client_id VARCHAR(100), 
	refresh_hash VARCHAR(64), 
	refresh_expires_at DATETIME, permissions VARCHAR(300), refreshed_at DATETIME, authorization_id VARCHAR(24), 
	CONSTRAINT pk_access_tokens PRIMARY KEY (id), 
	CONSTRAINT fk_access_tokens_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_access_tokens_refresh_hash UNIQUE (refresh_hash), 
	CONSTRAINT uq_access_tokens_value_hash UNIQUE (value_hash)
)

CREATE TABLE album_faces (
	id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	oid VARCHAR(64) NOT NULL, 
	box JSON NOT NULL, 
	score FLOAT NOT NULL, 
	vector BLOB NOT NULL, 
	picture BLOB NOT NULL, 
	CONSTRAINT pk_album_faces PRIMARY KEY (id), 
	CONSTRAINT fk_album_faces_repo_key_oid FOREIGN KEY(repo_key, oid) REFERENCES album_photos (repo_key, oid) ON DELETE CASCADE
)

CREATE TABLE album_photos (
	repo_key VARCHAR(24) NOT NULL, 
	oid VARCHAR(64) NOT NULL, 
	error TEXT, 
	preview BLOB, 
	CONSTRAINT pk_album_photos PRIMARY KEY (repo_key, oid), 
	CONSTRAINT fk_album_photos_repo_key FOREIGN KEY(repo_key) REFERENCES albums (repo_key) ON DELETE CASCADE
)

CREATE TABLE album_tags (
	face_id VARCHAR(24) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	is_refused BOOLEAN NOT NULL, 
	said_at DATETIME NOT NULL, 
	CONSTRAINT pk_album_tags PRIMARY KEY (face_id, name), 
	CONSTRAINT fk_album_tags_face_id FOREIGN KEY(face_id) REFERENCES album_faces (id) ON DELETE CASCADE
)

CREATE TABLE albums (
	repo_key VARCHAR(24) NOT NULL, 
	asked_by VARCHAR(24) NOT NULL, 
	model VARCHAR(200) NOT NULL, 
	network VARCHAR(64), 
	"commit" VARCHAR(40), 
	state VARCHAR(9) NOT NULL, 
	error TEXT, 
	version BIGINT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_albums PRIMARY KEY (repo_key), 
	CONSTRAINT fk_albums_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)

INSERT INTO "alembic_version" VALUES('0012')

CREATE TABLE audit_log (
	id BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	verdict VARCHAR(8) NOT NULL, 
	action VARCHAR(120) NOT NULL, 
	actor_id VARCHAR(24), 
	actor_name VARCHAR(96), 
	via VARCHAR(8) NOT NULL, 
	token_id VARCHAR(24), 
	address VARCHAR(64) NOT NULL, 
	request_id VARCHAR(200) NOT NULL, 
	namespace VARCHAR(96) NOT NULL, 
	target VARCHAR(300) NOT NULL, 
	status INTEGER, 
	detail JSON NOT NULL, 
	count INTEGER NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_log PRIMARY KEY (id)
)

CREATE TABLE audit_prunings (
	up_to BIGINT NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	at DATETIME NOT NULL, 
	seal VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_audit_prunings PRIMARY KEY (up_to)
)

CREATE TABLE branch_protections (
	repo_key VARCHAR(24) NOT NULL, 
	pattern VARCHAR(200) NOT NULL, 
	admins_only BOOLEAN NOT NULL, 
	CONSTRAINT pk_branch_protections PRIMARY KEY (repo_key, pattern), 
	CONSTRAINT fk_branch_protections_repo_key_repos FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE bucket_files (
	bucket_key VARCHAR(24) NOT NULL, 
	path TEXT NOT NULL, 
	xet_hash VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	mtime DATETIME NOT NULL, 
	uploaded_at DATETIME NOT NULL, 
	CONSTRAINT pk_bucket_files PRIMARY KEY (bucket_key, path), 
	CONSTRAINT fk_bucket_files_bucket_key FOREIGN KEY(bucket_key) REFERENCES buckets ("key") ON DELETE CASCADE
)

CREATE TABLE bucket_redirects (
	address VARCHAR(220) NOT NULL, 
	bucket_key VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_bucket_redirects PRIMARY KEY (address), 
	CONSTRAINT fk_bucket_redirects_bucket_key FOREIGN KEY(bucket_key) REFERENCES buckets ("key") ON DELETE CASCADE
)

CREATE TABLE buckets (
	"key" VARCHAR(24) NOT NULL, 
	namespace VARCHAR(96) NOT NULL, 
	name VARCHAR(96) NOT NULL, 
	address VARCHAR(220) NOT NULL, 
	visibility VARCHAR(7) NOT NULL, 
	creator_id VARCHAR(24), 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	file_count BIGINT NOT NULL, 
	CONSTRAINT pk_buckets PRIMARY KEY ("key"), 
	CONSTRAINT uq_buckets_address UNIQUE (address)
)

CREATE TABLE collection_items (
	id VARCHAR(24) NOT NULL, 
	collection_id VARCHAR(24) NOT NULL, 
	type VARCHAR(10) NOT NULL, 
	target VARCHAR(220) NOT NULL, 
	repo_key VARCHAR(24), 
	linked_id VARCHAR(24), 
	position INTEGER NOT NULL, 
	note TEXT, 
	added_at DATETIME NOT NULL, 
	CONSTRAINT pk_collection_items PRIMARY KEY (id), 
	CONSTRAINT fk_collection_items_collection_id FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE, 
	CONSTRAINT fk_collection_items_linked_id FOREIGN KEY(linked_id) REFERENCES collections (id) ON DELETE CASCADE, 
	CONSTRAINT fk_collection_items_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT uq_collection_items_collection_id_position UNIQUE (collection_id, position), 
	CONSTRAINT uq_collection_items_collection_id_type_target UNIQUE (collection_id, type, target)
)

CREATE TABLE collection_upvotes (
	collection_id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_collection_upvotes PRIMARY KEY (collection_id, user_id), 
	CONSTRAINT fk_collection_upvotes_collection_id FOREIGN KEY(collection_id) REFERENCES collections (id) ON DELETE CASCADE, 
	CONSTRAINT fk_collection_upvotes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE collections (
	id VARCHAR(24) NOT NULL, 
	owner_id VARCHAR(24) NOT NULL, 
	creator_id VARCHAR(24), 
	title VARCHAR(120) NOT NULL, 
	title_key VARCHAR(120) NOT NULL, 
	description TEXT NOT NULL, 
	private BOOLEAN NOT NULL, 
	theme VARCHAR(10) NOT NULL, 
	position INTEGER NOT NULL, 
	upvotes BIGINT NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_updated DATETIME NOT NULL, 
	CONSTRAINT pk_collections PRIMARY KEY (id), 
	CONSTRAINT fk_collections_owner_id FOREIGN KEY(owner_id) REFERENCES namespaces (id) ON DELETE CASCADE, 
	CONSTRAINT uq_collections_owner_id_title_key UNIQUE (owner_id, title_key)
)

CREATE TABLE column_cells (
	run_id VARCHAR(24) NOT NULL, 
	"row" INTEGER NOT NULL, 
	given TEXT NOT NULL, 
	answer JSON, 
	error TEXT, 
	CONSTRAINT pk_column_cells PRIMARY KEY (run_id, "row"), 
	CONSTRAINT fk_column_cells_run_id FOREIGN KEY(run_id) REFERENCES column_runs (id) ON DELETE CASCADE
)

CREATE TABLE column_runs (
	id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	model_key VARCHAR(24) NOT NULL, 
	model VARCHAR(200) NOT NULL, 
	model_commit VARCHAR(40), 
	task VARCHAR(64) NOT NULL, 
	parameters JSON NOT NULL, 
	dataset_key VARCHAR(24) NOT NULL, 
	dataset_commit VARCHAR(40) NOT NULL, 
	path TEXT NOT NULL, 
	column_name TEXT NOT NULL, 
	rows_wanted INTEGER NOT NULL, 
	rows_found INTEGER, 
	state VARCHAR(9) NOT NULL, 
	error TEXT, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_column_runs PRIMARY KEY (id), 
	CONSTRAINT fk_column_runs_dataset_key FOREIGN KEY(dataset_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_column_runs_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE device_requests (
	id VARCHAR(24) NOT NULL, 
	device_code_hash VARCHAR(64) NOT NULL, 
	user_code VARCHAR(9) NOT NULL, 
	client_id VARCHAR(100) NOT NULL, 
	status VARCHAR(8) NOT NULL, 
	user_id VARCHAR(24), 
	interval_s INTEGER NOT NULL, 
	last_polled_at DATETIME, 
	expires_at DATETIME NOT NULL, scopes VARCHAR(500), 
	CONSTRAINT pk_device_requests PRIMARY KEY (id), 
	CONSTRAINT fk_device_requests_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_device_requests_device_code_hash UNIQUE (device_code_hash), 
	CONSTRAINT uq_device_requests_user_code UNIQUE (user_code)
)

CREATE TABLE discussion_anchors (
	event_id VARCHAR(24) NOT NULL, 
	path TEXT NOT NULL, 
	side VARCHAR(3) NOT NULL, 
	line INTEGER NOT NULL, 
	"commit" VARCHAR(40) NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_discussion_anchors PRIMARY KEY (event_id), 
	CONSTRAINT fk_discussion_anchors_event_id FOREIGN KEY(event_id) REFERENCES discussion_events (id) ON DELETE CASCADE
)

CREATE TABLE discussion_events (
	id VARCHAR(24) NOT NULL, 
	discussion_id VARCHAR(24) NOT NULL, 
	position INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	author_id VARCHAR(24), 
	created_at DATETIME NOT NULL, 
	facts JSON NOT NULL, 
	text TEXT, 
	edited_at DATETIME, 
	is_hidden BOOLEAN NOT NULL, 
	CONSTRAINT pk_discussion_events PRIMARY KEY (id), 
	CONSTRAINT fk_discussion_events_author_id FOREIGN KEY(author_id) REFERENCES users (id) ON DELETE SET NULL, 
	CONSTRAINT fk_discussion_events_discussion_id FOREIGN KEY(discussion_id) REFERENCES discussions (id) ON DELETE CASCADE, 
	CONSTRAINT uq_discussion_events_discussion_id_position UNIQUE (discussion_id, position)
)

CREATE TABLE discussion_reactions (
	event_id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	reaction VARCHAR(16) NOT NULL, 
	CONSTRAINT pk_discussion_reactions PRIMARY KEY (event_id, user_id, reaction), 
	CONSTRAINT fk_discussion_reactions_event_id FOREIGN KEY(event_id) REFERENCES discussion_events (id) ON DELETE CASCADE, 
	CONSTRAINT fk_discussion_reactions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE discussion_repos (
	repo_key VARCHAR(24) NOT NULL, 
	last_number INTEGER NOT NULL, 
	is_disabled BOOLEAN NOT NULL, 
	CONSTRAINT pk_discussion_repos PRIMARY KEY (repo_key), 
	CONSTRAINT fk_discussion_repos_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE discussion_versions (
	event_id VARCHAR(24) NOT NULL, 
	number INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_discussion_versions PRIMARY KEY (event_id, number), 
	CONSTRAINT fk_discussion_versions_event_id FOREIGN KEY(event_id) REFERENCES discussion_events (id) ON DELETE CASCADE
)

CREATE TABLE discussion_watches (
	user_id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	number INTEGER NOT NULL, 
	level VARCHAR(5) NOT NULL, 
	CONSTRAINT pk_discussion_watches PRIMARY KEY (user_id, repo_key, number), 
	CONSTRAINT fk_discussion_watches_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_discussion_watches_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE discussions (
	id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	number INTEGER NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	status VARCHAR(6) NOT NULL, 
	is_pull_request BOOLEAN NOT NULL, 
	author_id VARCHAR(24), 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	is_pinned BOOLEAN NOT NULL, 
	is_locked BOOLEAN NOT NULL, 
	comment_count INTEGER NOT NULL, 
	last_position INTEGER NOT NULL, 
	base VARCHAR(255) DEFAULT 'main' NOT NULL, 
	head VARCHAR(40), 
	base_commit VARCHAR(40), 
	merge_commit VARCHAR(40), 
	CONSTRAINT pk_discussions PRIMARY KEY (id), 
	CONSTRAINT fk_discussions_author_id FOREIGN KEY(author_id) REFERENCES users (id) ON DELETE SET NULL, 
	CONSTRAINT fk_discussions_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT uq_discussions_repo_key_number UNIQUE (repo_key, number)
)

CREATE TABLE follows (
	follower_id VARCHAR(24) NOT NULL, 
	namespace_id VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_follows PRIMARY KEY (follower_id, namespace_id), 
	CONSTRAINT fk_follows_follower_id FOREIGN KEY(follower_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT fk_follows_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id) ON DELETE CASCADE
)

CREATE TABLE invites (
	id VARCHAR(24) NOT NULL, 
	secret_hash VARCHAR(64) NOT NULL, 
	note VARCHAR(200) NOT NULL, 
	created_by VARCHAR(96) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_by VARCHAR(96), 
	CONSTRAINT pk_invites PRIMARY KEY (id), 
	CONSTRAINT uq_invites_secret_hash UNIQUE (secret_hash)
)

CREATE TABLE jobs (
	id VARCHAR(24) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	payload JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	due_at DATETIME, 
	leased_until DATETIME, 
	leased_by VARCHAR(24), 
	attempts INTEGER NOT NULL, 
	attempts_max INTEGER NOT NULL, 
	error TEXT, 
	CONSTRAINT pk_jobs PRIMARY KEY (id)
)

CREATE TABLE lfs_links (
	repo_key VARCHAR(24) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	uploaded_by VARCHAR, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_lfs_links PRIMARY KEY (repo_key, sha256)
)

CREATE TABLE lfs_locks (
	id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	path_hash VARCHAR(64) NOT NULL, 
	path TEXT NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	user_name VARCHAR(96) NOT NULL, 
	locked_at DATETIME NOT NULL, 
	CONSTRAINT pk_lfs_locks PRIMARY KEY (id), 
	CONSTRAINT fk_lfs_locks_repo_key_repos FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_lfs_locks_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_lfs_locks_repo_key_path_hash UNIQUE (repo_key, path_hash)
)

CREATE TABLE lfs_proposed (
	repo_key VARCHAR(24) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	uploaded_by VARCHAR(24) NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_lfs_proposed PRIMARY KEY (repo_key, sha256, uploaded_by)
)

CREATE TABLE memberships (
	org_id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	role INTEGER NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_memberships PRIMARY KEY (org_id, user_id), 
	CONSTRAINT fk_memberships_org_id FOREIGN KEY(org_id) REFERENCES organisations (id) ON DELETE CASCADE, 
	CONSTRAINT fk_memberships_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE namespace_quotas (
	namespace VARCHAR(96) NOT NULL, 
	limit_bytes BIGINT NOT NULL, 
	CONSTRAINT pk_namespace_quotas PRIMARY KEY (namespace)
)

CREATE TABLE namespace_watches (
	user_id VARCHAR(24) NOT NULL, 
	namespace_id VARCHAR(24) NOT NULL, 
	level VARCHAR(5) NOT NULL, 
	CONSTRAINT pk_namespace_watches PRIMARY KEY (user_id, namespace_id), 
	CONSTRAINT fk_namespace_watches_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id) ON DELETE CASCADE, 
	CONSTRAINT fk_namespace_watches_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE namespaces (
	id VARCHAR(24) NOT NULL, 
	kind VARCHAR(4) NOT NULL, 
	name VARCHAR(96) NOT NULL, 
	name_key VARCHAR(96) NOT NULL, 
	fullname VARCHAR(200) NOT NULL, 
	bio TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_namespaces PRIMARY KEY (id), 
	CONSTRAINT uq_namespaces_name_key UNIQUE (name_key)
)

CREATE TABLE notifications (
	id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	subject VARCHAR(40) NOT NULL, 
	number INTEGER, 
	is_pull_request BOOLEAN NOT NULL, 
	title TEXT NOT NULL, 
	reason VARCHAR(11) NOT NULL, 
	change VARCHAR(16) NOT NULL, 
	actor_name VARCHAR(96), 
	comment_id VARCHAR(40), 
	updates INTEGER NOT NULL, 
	is_read BOOLEAN NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_notifications PRIMARY KEY (id), 
	CONSTRAINT fk_notifications_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_notifications_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_notifications_user_id_repo_key_subject UNIQUE (user_id, repo_key, subject)
)

CREATE TABLE oauth_apps (
	id VARCHAR(24) NOT NULL, 
	client_id VARCHAR(100) NOT NULL, 
	owner_id VARCHAR(24), 
	space VARCHAR(200), 
	secret_hash VARCHAR(64), 
	name VARCHAR(96) NOT NULL, 
	homepage VARCHAR(500) NOT NULL, 
	redirect_uris TEXT NOT NULL, 
	scopes VARCHAR(500) NOT NULL, 
	is_public BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_oauth_apps PRIMARY KEY (id), 
	CONSTRAINT fk_oauth_apps_owner_id FOREIGN KEY(owner_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_oauth_apps_client_id UNIQUE (client_id), 
	CONSTRAINT uq_oauth_apps_space UNIQUE (space)
)

CREATE TABLE oauth_authorizations (
	id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	app_id VARCHAR(24), 
	scopes VARCHAR(500), 
	orgs TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_oauth_authorizations PRIMARY KEY (id), 
	CONSTRAINT fk_oauth_authorizations_app_id FOREIGN KEY(app_id) REFERENCES oauth_apps (id) ON DELETE CASCADE, 
	CONSTRAINT fk_oauth_authorizations_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE oauth_codes (
	id VARCHAR(24) NOT NULL, 
	code_hash VARCHAR(64) NOT NULL, 
	app_id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	redirect_uri TEXT NOT NULL, 
	scopes VARCHAR(500) NOT NULL, 
	orgs TEXT NOT NULL, 
	nonce VARCHAR(500), 
	code_challenge VARCHAR(128), 
	signed_in_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_oauth_codes PRIMARY KEY (id), 
	CONSTRAINT fk_oauth_codes_app_id FOREIGN KEY(app_id) REFERENCES oauth_apps (id) ON DELETE CASCADE, 
	CONSTRAINT fk_oauth_codes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_oauth_codes_code_hash UNIQUE (code_hash)
)

CREATE TABLE oauth_consents (
	user_id VARCHAR(24) NOT NULL, 
	app_id VARCHAR(24) NOT NULL, 
	scopes VARCHAR(500) NOT NULL, 
	orgs TEXT NOT NULL, 
	given_at DATETIME NOT NULL, 
	CONSTRAINT pk_oauth_consents PRIMARY KEY (user_id, app_id), 
	CONSTRAINT fk_oauth_consents_app_id FOREIGN KEY(app_id) REFERENCES oauth_apps (id) ON DELETE CASCADE, 
	CONSTRAINT fk_oauth_consents_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE oauth_contributions (
	user_id VARCHAR(24) NOT NULL, 
	app_id VARCHAR(24) NOT NULL, 
	target VARCHAR(210) NOT NULL, 
	CONSTRAINT pk_oauth_contributions PRIMARY KEY (user_id, app_id, target), 
	CONSTRAINT fk_oauth_contributions_app_id FOREIGN KEY(app_id) REFERENCES oauth_apps (id) ON DELETE CASCADE, 
	CONSTRAINT fk_oauth_contributions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE organisations (
	id VARCHAR(24) NOT NULL, 
	private_by_default BOOLEAN NOT NULL, 
	CONSTRAINT pk_organisations PRIMARY KEY (id), 
	CONSTRAINT fk_organisations_id FOREIGN KEY(id) REFERENCES namespaces (id) ON DELETE CASCADE
)

CREATE TABLE papers (
	id VARCHAR(20) NOT NULL, 
	title TEXT NOT NULL, 
	authors JSON NOT NULL, 
	summary TEXT NOT NULL, 
	submitted_at DATETIME NOT NULL, 
	submitted_by VARCHAR(24), 
	CONSTRAINT pk_papers PRIMARY KEY (id), 
	CONSTRAINT fk_papers_submitted_by FOREIGN KEY(submitted_by) REFERENCES users (id) ON DELETE SET NULL
)

CREATE TABLE repo_access_requests (
	id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	status VARCHAR(8) NOT NULL, 
	asked_at DATETIME NOT NULL, 
	has_asked BOOLEAN NOT NULL, 
	answered_at DATETIME, 
	answered_by VARCHAR(96), 
	reason TEXT, 
	answers JSON NOT NULL, 
	CONSTRAINT pk_repo_access_requests PRIMARY KEY (id), 
	CONSTRAINT fk_repo_access_requests_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_repo_access_requests_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_repo_access_requests_repo_key_user_id UNIQUE (repo_key, user_id)
)

CREATE TABLE repo_downloads (
	repo_key VARCHAR(24) NOT NULL, 
	day DATE NOT NULL, 
	count BIGINT NOT NULL, 
	is_recent BOOLEAN NOT NULL, 
	CONSTRAINT pk_repo_downloads PRIMARY KEY (repo_key, day), 
	CONSTRAINT fk_repo_downloads_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE repo_facts (
	repo_key VARCHAR(24) NOT NULL, 
	"commit" VARCHAR(40) NOT NULL, 
	card JSON NOT NULL, 
	card_problem TEXT, 
	description TEXT, 
	tags JSON NOT NULL, 
	pipeline_tag VARCHAR(200), 
	library_name VARCHAR(200), 
	config JSON, 
	transformers_info JSON, 
	safetensors JSON, 
	parameters BIGINT, 
	used_storage_bytes BIGINT NOT NULL, gguf JSON, citation TEXT, eval_results JSON, 
	CONSTRAINT pk_repo_facts PRIMARY KEY (repo_key), 
	CONSTRAINT fk_repo_facts_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE repo_large_files (
	repo_key VARCHAR(24) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	path TEXT NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	pushed_at DATETIME NOT NULL, 
	CONSTRAINT pk_repo_large_files PRIMARY KEY (repo_key, sha256), 
	CONSTRAINT fk_repo_large_files_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE repo_likes (
	repo_key VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_repo_likes PRIMARY KEY (repo_key, user_id), 
	CONSTRAINT fk_repo_likes_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_repo_likes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE repo_links (
	repo_key VARCHAR(24) NOT NULL, 
	type VARCHAR(8) NOT NULL, 
	target_key VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_repo_links PRIMARY KEY (repo_key, type, target_key), 
	CONSTRAINT fk_repo_links_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE repo_redirects (
	address VARCHAR(220) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_repo_redirects PRIMARY KEY (address), 
	CONSTRAINT fk_repo_redirects_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE repo_tags (
	repo_key VARCHAR(24) NOT NULL, 
	tag VARCHAR(200) NOT NULL, 
	CONSTRAINT pk_repo_tags PRIMARY KEY (repo_key, tag), 
	CONSTRAINT fk_repo_tags_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE
)

CREATE TABLE repo_watches (
	user_id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	level VARCHAR(5) NOT NULL, 
	CONSTRAINT pk_repo_watches PRIMARY KEY (user_id, repo_key), 
	CONSTRAINT fk_repo_watches_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_repo_watches_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE repos (
	"key" VARCHAR(24) NOT NULL, 
	type VARCHAR(8) NOT NULL, 
	namespace VARCHAR(96) NOT NULL, 
	name VARCHAR(96) NOT NULL, 
	address VARCHAR(220) NOT NULL, 
	visibility VARCHAR(9) NOT NULL, 
	gated VARCHAR(6), 
	sdk VARCHAR(20), 
	creator_id VARCHAR(24), 
	created_at DATETIME NOT NULL, 
	last_modified DATETIME NOT NULL, 
	downloads BIGINT NOT NULL, 
	likes BIGINT NOT NULL, 
	trending BIGINT NOT NULL, downloads_all_time BIGINT DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_repos PRIMARY KEY ("key"), 
	CONSTRAINT uq_repos_address UNIQUE (address)
)

CREATE TABLE role_changes (
	id INTEGER NOT NULL, 
	org_id VARCHAR(24) NOT NULL, 
	at DATETIME NOT NULL, 
	actor_name VARCHAR(96) NOT NULL, 
	user_name VARCHAR(96) NOT NULL, 
	"before" INTEGER, 
	"after" INTEGER, 
	CONSTRAINT pk_role_changes PRIMARY KEY (id), 
	CONSTRAINT fk_role_changes_org_id FOREIGN KEY(org_id) REFERENCES organisations (id) ON DELETE CASCADE
)

CREATE TABLE run_notes (
	id VARCHAR(24) NOT NULL, 
	run_id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24), 
	repo_key VARCHAR(24), 
	task VARCHAR(64) NOT NULL, 
	kind VARCHAR(8) NOT NULL, 
	source VARCHAR(200) NOT NULL, 
	category VARCHAR(100) NOT NULL, 
	message TEXT NOT NULL, 
	count INTEGER NOT NULL, 
	means TEXT, 
	remedy TEXT, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_run_notes PRIMARY KEY (id), 
	CONSTRAINT fk_run_notes_repo_key FOREIGN KEY(repo_key) REFERENCES repos ("key") ON DELETE CASCADE, 
	CONSTRAINT fk_run_notes_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE sessions (
	id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	value_hash VARCHAR(64) NOT NULL, 
	agent VARCHAR(200) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, id_token TEXT, 
	CONSTRAINT pk_sessions PRIMARY KEY (id), 
	CONSTRAINT fk_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_sessions_value_hash UNIQUE (value_hash)
)

CREATE TABLE setup_links (
	secret_hash VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_setup_links PRIMARY KEY (secret_hash)
)

CREATE TABLE sign_in_failures (
	"key" VARCHAR(64) NOT NULL, 
	count INTEGER NOT NULL, 
	last_at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_failures PRIMARY KEY ("key")
)

CREATE TABLE ssh_keys (
	id VARCHAR(24) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	public_key TEXT NOT NULL, 
	title VARCHAR(96) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_used_at DATETIME, 
	CONSTRAINT pk_ssh_keys PRIMARY KEY (id), 
	CONSTRAINT fk_ssh_keys_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE, 
	CONSTRAINT uq_ssh_keys_fingerprint UNIQUE (fingerprint)
)

CREATE TABLE sso_grants (
	user_id VARCHAR(24) NOT NULL, 
	target VARCHAR(24) NOT NULL, 
	CONSTRAINT pk_sso_grants PRIMARY KEY (user_id, target), 
	CONSTRAINT fk_sso_grants_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE sso_identities (
	issuer VARCHAR(500) NOT NULL, 
	subject VARCHAR(255) NOT NULL, 
	user_id VARCHAR(24) NOT NULL, 
	linked_at DATETIME NOT NULL, 
	last_seen_at DATETIME NOT NULL, 
	CONSTRAINT pk_sso_identities PRIMARY KEY (issuer, subject), 
	CONSTRAINT fk_sso_identities_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE sso_newcomers (
	secret_hash VARCHAR(64) NOT NULL, 
	issuer VARCHAR(500) NOT NULL, 
	subject VARCHAR(255) NOT NULL, 
	statement TEXT NOT NULL, 
	target TEXT NOT NULL, 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_sso_newcomers PRIMARY KEY (secret_hash)
)

CREATE TABLE sso_requests (
	state_hash VARCHAR(64) NOT NULL, 
	browser_hash VARCHAR(64) NOT NULL, 
	nonce VARCHAR(64) NOT NULL, 
	verifier VARCHAR(128) NOT NULL, 
	target TEXT NOT NULL, 
	user_id VARCHAR(24), 
	expires_at DATETIME NOT NULL, 
	CONSTRAINT pk_sso_requests PRIMARY KEY (state_hash), 
	CONSTRAINT fk_sso_requests_user_id FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
)

CREATE TABLE token_grants (
	token_id VARCHAR(24) NOT NULL, 
	target VARCHAR(210) NOT NULL, 
	action INTEGER NOT NULL, 
	CONSTRAINT pk_token_grants PRIMARY KEY (token_id, target), 
	CONSTRAINT fk_token_grants_token_id FOREIGN KEY(token_id) REFERENCES access_tokens (id) ON DELETE CASCADE
)

CREATE TABLE users (
	id VARCHAR(24) NOT NULL, 
	email VARCHAR(320), 
	password_hash VARCHAR(200), 
	is_site_admin BOOLEAN NOT NULL, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT fk_users_id FOREIGN KEY(id) REFERENCES namespaces (id) ON DELETE CASCADE
)

CREATE TABLE webhook_deliveries (
	id VARCHAR(24) NOT NULL, 
	webhook_id VARCHAR(24) NOT NULL, 
	repo_key VARCHAR(24) NOT NULL, 
	event VARCHAR(40) NOT NULL, 
	payload JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	state VARCHAR(9) NOT NULL, 
	attempts INTEGER NOT NULL, 
	tried_at DATETIME, 
	status INTEGER, 
	answer TEXT, 
	duration_ms INTEGER, 
	error TEXT, 
	CONSTRAINT pk_webhook_deliveries PRIMARY KEY (id), 
	CONSTRAINT fk_webhook_deliveries_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE
)

CREATE TABLE webhook_watched (
	webhook_id VARCHAR(24) NOT NULL, 
	type VARCHAR(8) NOT NULL, 
	name_key VARCHAR(200) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	position INTEGER NOT NULL, 
	CONSTRAINT pk_webhook_watched PRIMARY KEY (webhook_id, type, name_key), 
	CONSTRAINT fk_webhook_watched_webhook_id FOREIGN KEY(webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE
)

CREATE TABLE webhooks (
	id VARCHAR(24) NOT NULL, 
	owner_id VARCHAR(24) NOT NULL, 
	url TEXT NOT NULL, 
	secret TEXT, 
	domains JSON NOT NULL, 
	disabled BOOLEAN NOT NULL, 
	disabled_because TEXT, 
	failures_in_row INTEGER NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_webhooks PRIMARY KEY (id), 
	CONSTRAINT fk_webhooks_owner_id FOREIGN KEY(owner_id) REFERENCES namespaces (id) ON DELETE CASCADE
)

CREATE TABLE xet_claims (
	repo_key VARCHAR NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	file_hash BLOB NOT NULL, 
	is_verified BOOLEAN NOT NULL, 
	CONSTRAINT pk_xet_claims PRIMARY KEY (repo_key, sha256)
)

CREATE TABLE xet_compositions (
	xorb BLOB NOT NULL, 
	home BLOB NOT NULL, 
	CONSTRAINT pk_xet_compositions PRIMARY KEY (xorb, home)
)
 WITHOUT ROWID

CREATE TABLE xet_entrances (
	chunk_hash BLOB NOT NULL, 
	repo_key VARCHAR NOT NULL, 
	group_id INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	CONSTRAINT pk_xet_entrances PRIMARY KEY (chunk_hash, repo_key)
)
 WITHOUT ROWID

CREATE TABLE xet_files (
	hash BLOB NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	terms BLOB NOT NULL, 
	CONSTRAINT pk_xet_files PRIMARY KEY (hash)
)

CREATE TABLE xet_groups (
	id INTEGER NOT NULL, 
	repo_key VARCHAR NOT NULL, 
	xorbs BLOB NOT NULL, 
	last_used_at DATETIME NOT NULL, 
	CONSTRAINT pk_xet_groups PRIMARY KEY (id)
)

CREATE TABLE xet_repo_files (
	repo_key VARCHAR NOT NULL, 
	file_hash BLOB NOT NULL, 
	uploader VARCHAR NOT NULL, 
	created_at DATETIME NOT NULL, 
	linked_at DATETIME, 
	CONSTRAINT pk_xet_repo_files PRIMARY KEY (repo_key, file_hash, uploader)
)

CREATE TABLE xet_repos (
	repo_key VARCHAR NOT NULL, 
	namespace VARCHAR NOT NULL, 
	is_public BOOLEAN NOT NULL, 
	CONSTRAINT pk_xet_repos PRIMARY KEY (repo_key)
)

CREATE TABLE xet_samples (
	word BIGINT NOT NULL, 
	xorb BLOB NOT NULL, 
	CONSTRAINT pk_xet_samples PRIMARY KEY (word)
)
 WITHOUT ROWID

CREATE TABLE xet_xorbs (
	hash BLOB NOT NULL, 
	size_bytes BIGINT NOT NULL, 
	unpacked_bytes BIGINT NOT NULL, 
	chunk_count INTEGER NOT NULL, 
	uploader VARCHAR NOT NULL, 
	repo_key VARCHAR NOT NULL, 
	last_used_at DATETIME NOT NULL, 
	CONSTRAINT pk_xet_xorbs PRIMARY KEY (hash)
)

CREATE INDEX ix_lfs_links_sha256 ON lfs_links (sha256)

CREATE INDEX ix_repos_namespace ON repos (namespace)

CREATE INDEX ix_repos_type_created_at ON repos (type, created_at, "key")

CREATE INDEX ix_repos_type_downloads ON repos (type, downloads, "key")

CREATE INDEX ix_repos_type_last_modified ON repos (type, last_modified, "key")

CREATE INDEX ix_repos_type_likes ON repos (type, likes, "key")

CREATE INDEX ix_repos_type_trending ON repos (type, trending, "key")

CREATE INDEX ix_sign_in_failures_last_at ON sign_in_failures (last_at)

CREATE INDEX ix_xet_claims_is_verified ON xet_claims (is_verified)

CREATE INDEX ix_xet_compositions_home ON xet_compositions (home)

CREATE INDEX ix_xet_entrances_group_id ON xet_entrances (group_id)

CREATE INDEX ix_xet_groups_repo_key ON xet_groups (repo_key)

CREATE INDEX ix_xet_repo_files_file_hash ON xet_repo_files (file_hash)

CREATE INDEX ix_repo_facts_pipeline_tag ON repo_facts (pipeline_tag)

CREATE INDEX ix_repo_redirects_repo_key ON repo_redirects (repo_key)

CREATE INDEX ix_repo_tags_tag ON repo_tags (tag)

CREATE INDEX ix_repo_likes_user_id ON repo_likes (user_id)

CREATE INDEX ix_access_tokens_user_id ON access_tokens (user_id)

CREATE INDEX ix_device_requests_expires_at ON device_requests (expires_at)

CREATE INDEX ix_memberships_user_id ON memberships (user_id)

CREATE INDEX ix_role_changes_org_id ON role_changes (org_id)

CREATE INDEX ix_sessions_user_id ON sessions (user_id)

CREATE INDEX ix_token_grants_target ON token_grants (target)

CREATE INDEX ix_discussions_author_id ON discussions (author_id)

CREATE INDEX ix_discussion_events_author_id ON discussion_events (author_id)

CREATE INDEX ix_discussion_reactions_user_id ON discussion_reactions (user_id)

CREATE INDEX ix_collections_last_updated ON collections (last_updated, id)

CREATE INDEX ix_collections_upvotes ON collections (upvotes, id)

CREATE INDEX ix_collection_items_linked_id ON collection_items (linked_id)

CREATE INDEX ix_collection_items_repo_key ON collection_items (repo_key)

CREATE INDEX ix_collection_items_type_target ON collection_items (type, target)

CREATE INDEX ix_collection_upvotes_user_id ON collection_upvotes (user_id)

CREATE INDEX ix_discussion_watches_repo_key ON discussion_watches (repo_key)

CREATE INDEX ix_follows_namespace_id ON follows (namespace_id)

CREATE INDEX ix_namespace_watches_namespace_id ON namespace_watches (namespace_id)

CREATE INDEX ix_notifications_inbox ON notifications (user_id, is_read, at)

CREATE INDEX ix_notifications_repo_key ON notifications (repo_key)

CREATE INDEX ix_repo_watches_repo_key ON repo_watches (repo_key)

CREATE INDEX ix_repo_access_requests_repo_key_status_asked_at ON repo_access_requests (repo_key, status, asked_at, id)

CREATE INDEX ix_repo_access_requests_user_id ON repo_access_requests (user_id)

CREATE INDEX ix_audit_log_actor_name_id ON audit_log (actor_name, id)

CREATE INDEX ix_audit_log_at ON audit_log (at)

CREATE INDEX ix_audit_log_namespace_id ON audit_log (namespace, id)

CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END

CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log WHEN OLD.id > (SELECT coalesce(max(up_to), 0) FROM audit_prunings) BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END

CREATE TRIGGER audit_prunings_no_update BEFORE UPDATE ON audit_prunings BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END

CREATE TRIGGER audit_prunings_no_delete BEFORE DELETE ON audit_prunings BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END

CREATE INDEX ix_sso_newcomers_expires_at ON sso_newcomers (expires_at)

CREATE INDEX ix_oauth_apps_owner_id ON oauth_apps (owner_id)

CREATE INDEX ix_sso_identities_user_id ON sso_identities (user_id)

CREATE INDEX ix_sso_requests_expires_at ON sso_requests (expires_at)

CREATE INDEX ix_sso_requests_user_id ON sso_requests (user_id)

CREATE INDEX ix_oauth_authorizations_app_id ON oauth_authorizations (app_id)

CREATE INDEX ix_oauth_authorizations_user_id ON oauth_authorizations (user_id)

CREATE INDEX ix_oauth_codes_app_id ON oauth_codes (app_id)

CREATE INDEX ix_oauth_codes_expires_at ON oauth_codes (expires_at)

CREATE INDEX ix_oauth_codes_user_id ON oauth_codes (user_id)

CREATE INDEX ix_oauth_consents_app_id ON oauth_consents (app_id)

CREATE INDEX ix_oauth_contributions_app_id ON oauth_contributions (app_id)

CREATE INDEX ix_oauth_contributions_target ON oauth_contributions (target)

CREATE INDEX ix_access_tokens_authorization_id ON access_tokens (authorization_id)

CREATE INDEX ix_buckets_namespace ON buckets (namespace)

CREATE INDEX ix_bucket_redirects_bucket_key ON bucket_redirects (bucket_key)

CREATE INDEX ix_bucket_files_bucket_key_bucket_files_xet_hash ON bucket_files (bucket_key, xet_hash)

CREATE INDEX ix_ssh_keys_user_id ON ssh_keys (user_id)

CREATE INDEX ix_jobs_due_at ON jobs (due_at)

CREATE INDEX ix_webhooks_owner_id ON webhooks (owner_id)

CREATE INDEX ix_webhook_deliveries_webhook_id_created_at ON webhook_deliveries (webhook_id, created_at, id)

CREATE INDEX ix_webhook_watched_type_name_key ON webhook_watched (type, name_key)

CREATE INDEX ix_repo_downloads_is_recent_day ON repo_downloads (is_recent, day)

CREATE INDEX ix_repo_links_type_target_key ON repo_links (type, target_key)

CREATE INDEX ix_papers_submitted_at ON papers (submitted_at)

CREATE INDEX ix_column_runs_dataset_key ON column_runs (dataset_key)

CREATE INDEX ix_column_runs_user_id_created_at ON column_runs (user_id, created_at)

CREATE INDEX ix_run_notes_repo_key ON run_notes (repo_key)

CREATE INDEX ix_run_notes_run_id ON run_notes (run_id)

CREATE INDEX ix_run_notes_user_id_at ON run_notes (user_id, at)

CREATE INDEX ix_album_faces_repo_key_oid ON album_faces (repo_key, oid)