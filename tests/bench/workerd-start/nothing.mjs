// A Worker that decides nothing: what starting workerd itself takes.

export default {
  async fetch(request) {
    await request.json();
    return Response.json(1);
  },
};
