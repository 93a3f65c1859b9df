/* Resolves names as any program does that asks its C library: what a pod sees of cluster DNS.
 *
 *   resolve NAME [4|6]    its addresses, one a line, as getaddrinfo gives them
 *   resolve -x ADDRESS    its name, as getnameinfo gives it
 *
 * Exit status: 0 if there is anything, 1 if not, with the library's reason on the standard error.
 */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int fail(const char *subject, int code)
{
	fprintf(stderr, "%s: %s\n", subject, gai_strerror(code));
	return 1;
}

static int name_of(const char *address)
{
	const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	char name[NI_MAXHOST];
	int code = getaddrinfo(address, NULL, &hints, &found);

	if (code == 0)
		code = getnameinfo(found->ai_addr, found->ai_addrlen, name, sizeof name, NULL, 0, NI_NAMEREQD);
	if (code != 0)
		return fail(address, code);
	puts(name);
	return 0;
}

static int addresses_of(const char *name, int family)
{
	const struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	char address[NI_MAXHOST];
	int code = getaddrinfo(name, NULL, &hints, &found);

	if (code != 0)
		return fail(name, code);
	for (const struct addrinfo *entry = found; entry; entry = entry->ai_next) {
		code = getnameinfo(entry->ai_addr, entry->ai_addrlen, address, sizeof address, NULL, 0, NI_NUMERICHOST);
		if (code != 0)
			return fail(name, code);
		puts(address);
	}
	return 0;
}

int main(int count, char **words)
{
	if (count == 3 && strcmp(words[1], "-x") == 0)
		return name_of(words[2]);
	if (count == 2)
		return addresses_of(words[1], AF_UNSPEC);
	if (count == 3 && strcmp(words[2], "4") == 0)
		return addresses_of(words[1], AF_INET);
	if (count == 3 && strcmp(words[2], "6") == 0)
		return addresses_of(words[1], AF_INET6);
	fprintf(stderr, "usage: resolve NAME [4|6] | resolve -x ADDRESS\n");
	return 2;
}
